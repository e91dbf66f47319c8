#pragma once

/// \file
/// What other headers leave behind: windows.h, the macOS and X11 headers, Unreal Engine. A header of ours has to mean the same after them.

// windows.h
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define near
#define far
#define NEAR
#define FAR
#define small char
#define hyper long long
#define interface struct
#define pascal
#define cdecl
#define CALLBACK
#define CONST const
#define VOID void
#define IN
#define OUT
#define OPTIONAL
#define STRICT 1
#define TRUE 1
#define FALSE 0
#define ERROR 0
#define NO_ERROR 0
#define IGNORE 0
#define INFINITE 0xffffffff
#define DELETE 0x00010000
#define SYNCHRONIZE 0x00100000
#define ABSOLUTE 1
#define RELATIVE 2
#define TRANSPARENT 1
#define OPAQUE 2
#define CreateEvent CreateEventW
#define CreateFile CreateFileW
#define DeleteFile DeleteFileW
#define GetCurrentTime() GetTickCount()
#define GetMessage GetMessageW
#define GetObject GetObjectW
#define GetUserName GetUserNameW
#define SendMessage SendMessageW
#define Yield()
#define TEXT(quote) L##quote

// math.h of some systems
#define DOMAIN 1
#define OVERFLOW 3
#define UNDERFLOW 4
#define PI 3.14159265358979323846

// Unreal Engine: the condition must be one, so that a call or a declaration of ours that is taken for the macro does not compile
#define check(expression)                                                                                                                            \
    do {                                                                                                                                             \
        if (!(expression)) __builtin_trap();                                                                                                         \
    } while (false)
#define checkf(expression, format, ...) check(expression)
#define verify(expression) check(expression)
#define verifyf(expression, format, ...) check(expression)
#define ensure(expression) (!!(expression))
#define ensureMsgf(expression, format, ...) (!!(expression))
#define unimplemented() check(false)
#define UPROPERTY(...)
#define UFUNCTION(...)
#define LOCTEXT_NAMESPACE "calimatic"

// X11
#define None 0L
#define Bool int
#define Status int
#define True 1
#define False 0
#define Success 0
#define Always 2

// Qt and others
#define Q_OBJECT
#define emit
#define foreach(variable, container) for (variable : container)
