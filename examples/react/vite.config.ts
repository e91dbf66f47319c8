import { defineConfig } from 'vite';

export default defineConfig({
    // The package finds its module of WebAssembly beside itself. The development server would move it away from there; a build does not.
    optimizeDeps: { exclude: ['calimatic-auth'] },
});
