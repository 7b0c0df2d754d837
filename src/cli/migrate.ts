import { withMuster } from "./with-muster.js";

/** `muster migrate` */
export function migrateDatabase(): Promise<void> {
  return withMuster((_muster, migrated) => {
    console.log(migrated.length === 0 ? "The database is up to date." : `Done:\n  ${migrated.join("\n  ")}`);
    return Promise.resolve();
  });
}
