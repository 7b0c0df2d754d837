import { ScimError } from "../../src/scim/errors.js";

/** Runs what must be refused. @returns the error that it is refused with */
export function refusal(action: () => unknown): ScimError {
  try {
    action();
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
  throw new Error("It was accepted");
}
