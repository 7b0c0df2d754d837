/**
 * A program that uses SCIMMY itself and has two Musters in the same process. It prints, as JSON, what SCIMMY's global
 * declarations and configuration are before Muster is imported and after it was used, and what the Musters answer.
 */
import SCIMMY from "scimmy";

const { Attribute, SchemaDefinition } = SCIMMY.Types;

const definition = new SchemaDefinition("Robot", "urn:ietf:params:scim:schemas:Robot", "A robot", [
  new Attribute("string", "userName", { caseExact: true }),
]);

class Robots extends SCIMMY.Types.Resource {
  static override get endpoint() {
    return "/Users";
  }

  static override get schema() {
    return { id: definition.id, definition } as never;
  }

  static override basepath(path?: string) {
    return (path === undefined ? "/robots" : this) as never;
  }
}

SCIMMY.Resources.declare(Robots as never, "User");
SCIMMY.Resources.declare(
  SCIMMY.Resources.Group as never,
  {
    ingress: (resource: unknown) => resource,
  } as never,
);
SCIMMY.Schemas.User.definition.extend(SCIMMY.Schemas.EnterpriseUser.definition, true);
SCIMMY.Config.set({
  patch: false,
  bulk: { supported: true, maxOperations: 7, maxPayloadSize: 77 },
  documentationUri: "https://example.com/robots",
} as never);

const globals = () => ({
  config: SCIMMY.Config.get() as unknown,
  resources: Object.fromEntries(
    Object.entries(SCIMMY.Resources.declared() as Record<string, typeof Robots>).map(([name, type]) => [
      name,
      [type.endpoint, type.describe()],
    ]),
  ),
  schemas: SCIMMY.Schemas.declared().map(everything),
  builtIn: [
    SCIMMY.Schemas.User,
    SCIMMY.Schemas.Group,
    SCIMMY.Schemas.EnterpriseUser,
    SCIMMY.Schemas.ResourceType,
    SCIMMY.Schemas.ServiceProviderConfig,
  ].map((schema) => everything(schema.definition)),
});

/** With what `describe` leaves out: hidden attributes, and all that is configured. */
function everything(described: typeof definition): unknown {
  const attributes: unknown[] = described.attributes;
  return [
    described.id,
    described.describe(),
    attributes.map((each) =>
      each instanceof Attribute
        ? [
            each.name,
            { ...each.config },
            (each.subAttributes ?? []).map(({ name, config }) => [name, { ...config }]),
          ]
        : (each as { id: string }).id,
    ),
  ];
}

const before = JSON.stringify(globals());
const { startServer } = await import("./server.js");
const { scratchFolder } = await import("./engines.js");
const databaseUrl = () => Promise.resolve(`sqlite:${scratchFolder()}/muster.sqlite`);
const engine = { name: "SQLite", databaseUrl, migratedDatabaseUrl: databaseUrl } as const;
const one = await startServer(engine);
const two = await startServer(engine, { BULK_MAX_OPERATIONS: "12", ADVERTISE_PAGINATION: "false" });
const read = async ({ scim }: typeof one) => {
  const created = await scim.post("/Users", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: crypto.randomUUID(),
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "Sales" },
  });
  const config = await scim.get("/ServiceProviderConfig");
  const schemas = await scim.get("/Schemas");
  return {
    created: created.status,
    config: config.text.replaceAll(scim.url, "{base}"),
    schemas: schemas.text.replaceAll(scim.url, "{base}"),
  };
};
const answers = [await read(one), await read(two), await read(one)];
await one.stop();
await two.stop();
console.log(JSON.stringify({ before, after: JSON.stringify(globals()), answers }));
