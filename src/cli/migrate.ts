import { withBackend } from "./with-backend.js";

/** `muster migrate` */
export function migrateDatabase(): Promise<void> {
  return withBackend((_backend, migrated) => {
    console.log(migrated.length === 0 ? "The database is up to date." : `Done:\n  ${migrated.join("\n  ")}`);
    return Promise.resolve();
  });
}
