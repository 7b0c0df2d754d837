import { Status } from "../ui/status.tsx";
import type { AuditEvent } from "./audit-event.ts";

/** What came of it. */
export function EventResult({ event: { result, count } }: { readonly event: AuditEvent }) {
  if (result === "success") return <Status kind="positive">Done</Status>;
  if (result === "warning") return <Status kind="waiting">Warning</Status>;
  return (
    <Status kind="problem">
      {count !== undefined && count > 1 ? `Refused ${count.toLocaleString()} times` : "Refused"}
    </Status>
  );
}
