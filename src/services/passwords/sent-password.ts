import { ForbiddenError, InvalidValueError } from "../../domain/errors.js";
import type { FormField } from "../../domain/errors.js";

/** Has errors about a password, which name `password` where they arise, name the field in which it was sent. */
export async function sentAs<T>(field: FormField, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof InvalidValueError && error.field === "password") {
      throw new InvalidValueError(error.message, field, { cause: error });
    }
    if (error instanceof ForbiddenError && error.field === "password") {
      throw new ForbiddenError(error.message, field);
    }
    throw error;
  }
}
