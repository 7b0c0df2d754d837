import { ConflictError } from "../domain/errors.js";
import { UserError } from "./exit.js";
import { withBackend } from "./with-backend.js";

/** `muster key rotate` */
export function rotateKeys({ now: drops = false }: { now?: boolean }): Promise<void> {
  return withBackend(async ({ keyRotation }) => {
    const activeFrom = await keyRotation.rotate({ drops }).catch((error: unknown) => {
      throw error instanceof ConflictError ? new UserError(`${error.message} (--now)`) : error;
    });
    console.log(
      drops
        ? "There are new keys. What earlier keys signed is void in a few seconds: send the invitations and links that people still need again."
        : `There are new keys, which servers use from ${activeFrom} on. What earlier keys signed stays valid.`,
    );
  });
}
