import { NotFoundError } from "../domain/errors.js";
import { UserError } from "./exit.js";
import { withBackend } from "./with-backend.js";

/** `muster user remove-second-factor` */
export function removeSecondFactor(
  userName: string,
  { organization }: { readonly organization?: string },
): Promise<void> {
  return withBackend(async ({ operator }) => {
    const isRemoved = await operator.removeSecondFactor(userName, organization).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
      throw new UserError(`There is no ${error.kind === "User" ? "user" : "organization"} '${error.id}'`);
    });
    if (!isRemoved) throw new UserError(`${userName} has no second factor there`);
    console.log(`Removed the second factor of ${userName}.`);
  });
}
