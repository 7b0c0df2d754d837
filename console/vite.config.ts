import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The page says where it is; everything else is found from there.
  base: "./",
  build: {
    outDir: "../dist/console",
    emptyOutDir: true,
    target: "es2022",
    // Small files would become data: addresses, which the policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Tests hold what the first screen weighs, compressed.
    chunkSizeWarningLimit: 1000,
  },
});
