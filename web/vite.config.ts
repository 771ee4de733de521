import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** What several screens share, in few files: each one is a request, and packs worse alone. */
const SHARED_CHUNKS = {
  base: [
    "preload-helper",
    "/node_modules/@tanstack/",
    "/node_modules/react/",
    "/node_modules/react-dom/",
    "/node_modules/scheduler/",
    "/src/api/",
    "/src/auth/arrival.ts",
    "/src/auth/renewal.ts",
    "/src/auth/session.ts",
    "/src/chat/runs.ts",
    "/src/chat/turn.ts",
    "/src/invitations/pending.ts",
    "/src/invitations/queries.ts",
    "/src/navigation/",
    "/src/services.ts",
    "/src/ui/Icon.tsx",
    "/src/ui/Logo.tsx",
    "/src/ui/ThemeToggle.tsx",
    "/src/ui/fieldProblem.ts",
    "/src/ui/later.tsx",
    "/src/ui/theme.ts",
    "/src/ui/useSubmit.ts",
    "/src/ui/useTitle.ts",
    "/src/workspace/entering.ts",
    "/src/workspace/queries.ts",
  ],
  results: [
    "/src/chart/ResultCard.tsx",
    "/src/chart/saveFile.ts",
    "/src/receipt/",
    "/src/ui/format.ts",
  ],
  forms: [
    "/src/ui/CopyField.tsx",
    "/src/ui/Field.tsx",
    "/src/ui/FormDialog.tsx",
    "/src/ui/SelectField.tsx",
    "/src/ui/TwoStepButton.tsx",
  ],
  screens: ["/src/ui/ScreenHead.tsx", "/src/ui/ScreenProblem.tsx", "/src/ui/ShowMore.tsx"],
};

const groups = Object.entries(SHARED_CHUNKS).map(([name, parts], place) => ({
  name,
  // A module brings those it imports along, unless they are in an earlier chunk.
  priority: Object.keys(SHARED_CHUNKS).length - place,
  test: (id: string) => parts.some((part) => id.includes(part)),
}));

export default defineConfig({
  // Relative addresses: the bundle works wherever the server mounts it.
  base: "./",
  plugins: [react()],
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    sourcemap: false,
    // What a screen brings along is read off it by scripts/size.mjs.
    manifest: true,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
