/** Whether two values of a field are the same; of a set, such as roles, in whatever order. */
export const isSame = (one: unknown, other: unknown): boolean =>
  Array.isArray(one) && Array.isArray(other)
    ? JSON.stringify([...(one as unknown[])].sort()) === JSON.stringify([...(other as unknown[])].sort())
    : one === other;

/** The fields in which two states of a form differ. */
export const changedFields = <V extends object>(one: V, other: V) =>
  (Object.keys(other) as (keyof V & string)[]).filter((name) => !isSame(one[name], other[name]));

/**
 * What a form shows when others changed meanwhile what it is of: what the person changed, and else what is saved.
 *
 * @param before what the person began with
 */
export const mergedValues = <V extends object>(before: V, entered: V, saved: V): V => ({
  ...saved,
  ...Object.fromEntries(changedFields(before, entered).map((name) => [name, entered[name]])),
});
