#include <calimatic/src.hpp>
