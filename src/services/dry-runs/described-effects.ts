import type { Effects } from "../../domain/dry-runs/effects.js";

const NAMES = [
  ["memberships", "memberships"],
  ["seats", "seats in teams"],
  ["roles", "roles"],
  ["accounts", "accounts"],
  ["tokens", "access tokens"],
] as const;

/** What would come of a write, as the audit log tells it. */
export function describeEffects(effects: Effects): string {
  const { created, changed, lastAdministratorOf, emptied, leavesProviderWithoutAdministrator } = effects;
  const lost = NAMES.filter(([key]) => effects[key] > 0).map(([key, name]) => `${effects[key]} ${name}`);
  const parts = [
    ...(lost.length > 0 ? [`would end ${lost.join(", ")}`] : []),
    ...(created > 0 ? [`would create ${created}`] : []),
    ...(changed > 0 ? [`would change ${changed}`] : []),
    ...(lastAdministratorOf.length > 0
      ? [`would leave ${lastAdministratorOf.length} organizations without an administrator`]
      : []),
    ...(leavesProviderWithoutAdministrator ? ["would leave the provider without an administrator"] : []),
    ...(emptied.length > 0 ? [`would leave ${emptied.length} organizations without members`] : []),
  ];
  return parts.length > 0 ? parts.join("; ") : "would change nothing";
}
