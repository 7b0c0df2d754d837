import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "data/", "node_modules/", "test/fixtures/idp-corpus/", "test/fixtures/recipes/"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ["eslint.config.js", ".dependency-cruiser.cjs", "test/support/typescript.mjs"],
        },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-require-imports": ["error", { allowAsImport: true }],
    },
  },
  {
    // process.env is configuration, and configuration is read in one place.
    files: ["src/**/*.{ts,cts}"],
    ignores: ["src/config/**"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Read settings through src/config." },
      ],
    },
  },
  {
    // Command line tools speak to people on the standard streams; the rest of the code logs.
    files: ["src/**/*.ts"],
    ignores: ["src/cli/**"],
    rules: { "no-console": "error" },
  },
  {
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unused-expressions": "off", // chai's property assertions
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["console/src/**/*.{ts,tsx}"],
    extends: [hooks.configs.flat.recommended],
    // Of use with React's compiler alone, which does not run here.
    rules: { "react-hooks/incompatible-library": "off" },
  },
  { files: ["**/*.js", "**/*.cjs"], extends: [tseslint.configs.disableTypeChecked] },
  { files: ["**/*.cjs"], languageOptions: { globals: { module: "writable" } } },
  {
    files: ["bench/**/*.js", "examples/**/*.js", "tools/**/*.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    // What pages do in a browser.
    files: ["templates/**/*.js"],
    languageOptions: { globals: { document: "readonly", Intl: "readonly" } },
  },
  prettier,
);
