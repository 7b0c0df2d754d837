/**
 * The layers of docs/architecture.md as rules: what each folder of src/ may import, and where each
 * library that shapes the architecture may be used.
 */
const layers = {
  http: ["scim", "services", "domain", "config", "logging"],
  scim: ["services", "domain"],
  services: ["repositories", "domain"],
  domain: [],
  repositories: ["db", "domain"],
  db: ["config", "domain"],
  delivery: ["repositories", "domain", "config", "logging"],
  config: [],
  logging: ["config"],
};

/** Libraries that may be imported from the named folders alone. */
const libraries = {
  express: ["http"],
  passport: ["http"],
  "passport-http-bearer": ["http"],
  scimmy: ["scim"],
  knex: ["db", "repositories"],
  sqlite3: ["db"],
  pg: ["db"],
  pino: ["logging"],
  envalid: ["config"],
  commander: ["cli"],
  nodemailer: ["delivery"],
  eta: ["delivery", "http"],
};

const anyOf = (names) => `(${names.join("|")})`;

const layerRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import ${allowed.length ? allowed.join(", ") : "nothing"} besides itself`,
  severity: "error",
  from: { path: `^src/${layer}/` },
  to: { path: "^src/", pathNot: `^src/${anyOf([layer, ...allowed])}/` },
}));

const libraryRules = Object.entries(libraries).map(([library, folders]) => ({
  name: `library-${library}`,
  comment: `${library} stays in ${folders.join(", ")}`,
  severity: "error",
  from: { path: "^src/", pathNot: `^src/${anyOf(folders)}/` },
  to: { path: `(^|/)node_modules/(@types/)?${library}/` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    ...libraryRules,
    {
      name: "only-entry-points-wire",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(index\\.ts|main\\.cts|muster\\.ts)$|^src/cli/" },
      to: { path: "^src/(index|muster|backend)\\.ts$|^src/main\\.cts$|^src/cli/" },
    },
    {
      name: "migrations-and-seeds-stand-alone",
      severity: "error",
      from: { path: "^(migrations|seeds)/" },
      to: { path: "^(src|test|bench)/" },
    },
    {
      name: "src-stands-alone",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(migrations|seeds|test|bench|console)/" },
    },
    {
      name: "console-stands-alone",
      comment: "The console knows the server by its public endpoints alone",
      severity: "error",
      from: { path: "^console/" },
      to: { path: "^(src|migrations|seeds|test|bench)/" },
    },
    {
      name: "console-scim-is-pure",
      severity: "error",
      from: { path: "^console/src/scim/" },
      to: { pathNot: "^console/src/scim/|(^|/)node_modules/eventsource-parser/" },
    },
    {
      name: "console-ui-knows-no-pages",
      severity: "error",
      from: { path: "^console/src/ui/" },
      to: { path: "^console/", pathNot: "^console/src/(ui/|scim/errors\\.ts$)" },
    },
    {
      name: "domain-is-pure",
      severity: "error",
      from: { path: "^src/domain/" },
      to: { dependencyTypes: ["npm", "npm-dev", "core"] },
    },
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
