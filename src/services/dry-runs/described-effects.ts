import type { Effects } from "../../domain/dry-runs/effects.js";

const NAMES = [
  ["memberships", "membership", "memberships"],
  ["seats", "seat in a team", "seats in teams"],
  ["roles", "role", "roles"],
  ["accounts", "account", "accounts"],
  ["tokens", "access token", "access tokens"],
] as const;

/** What would come of a write, as the audit log tells it. */
export function describeEffects(effects: Effects): string {
  const { created, changed, lastAdministratorOf, emptied, leavesProviderWithoutAdministrator } = effects;
  const lost = NAMES.filter(([key]) => effects[key] > 0).map(([key, one, many]) =>
    count(effects[key], one, many),
  );
  const organizations = (list: readonly unknown[]) => count(list.length, "organization", "organizations");
  const parts = [
    ...(lost.length > 0 ? [`would end ${lost.join(", ")}`] : []),
    ...(created > 0 ? [`would create ${count(created, "resource", "resources")}`] : []),
    ...(changed > 0 ? [`would change ${count(changed, "resource", "resources")}`] : []),
    ...(lastAdministratorOf.length > 0
      ? [`would leave ${organizations(lastAdministratorOf)} without an administrator`]
      : []),
    ...(leavesProviderWithoutAdministrator ? ["would leave the provider without an administrator"] : []),
    ...(emptied.length > 0 ? [`would leave ${organizations(emptied)} without members`] : []),
  ];
  return parts.length > 0 ? parts.join("; ") : "would change nothing";
}

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
