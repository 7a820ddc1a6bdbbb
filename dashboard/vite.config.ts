import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where `npm run dev` finds a running server for everything that is not the dashboard itself.
const server = process.env.RELANCE_URL ?? "http://127.0.0.1:8400";
const answered = ["/api", "/v1", "/t", "/inbox", "/health"];

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/relance/web/dashboard/static",
    emptyOutDir: true,
    // The content security policy has no data: for fonts and scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|react-router|scheduler|@tanstack)[\\/]/ },
            { name: "kit", test: /node_modules[\\/](@mantine|@floating-ui|@tabler)[\\/]/ },
          ],
        },
      },
    },
  },
  // Pure modules only: pages are tested in a real browser, by tests/browser.
  test: { include: ["tests/**/*.test.ts"], environment: "node", env: { TZ: "Europe/Paris" } },
  server: { proxy: Object.fromEntries(answered.map((path) => [path, server])) },
});
