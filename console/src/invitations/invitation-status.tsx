import type { Invitation, InvitedAddress } from "../scim/resources.ts";
import { Status } from "../ui/status.tsx";
import { MAIL_STATUSES, STATUSES } from "./invitation-names.ts";

const KINDS = {
  pending: "waiting",
  accepted: "positive",
  declined: "off",
  expired: "off",
  disabled: "off",
  exhausted: "off",
} as const;

export const InvitationStatus = ({ status }: Pick<Invitation, "status">) => (
  <Status kind={KINDS[status]}>{STATUSES[status]}</Status>
);

const MAIL_KINDS = { waiting: "waiting", sent: "positive", void: "off", failed: "problem" } as const;

/** What became of the mail to an address. */
export const MailStatus = ({ mailStatus }: Pick<InvitedAddress, "mailStatus">) =>
  mailStatus && <Status kind={MAIL_KINDS[mailStatus]}>{MAIL_STATUSES[mailStatus]}</Status>;

/** Of several, the one to see first. */
const WORST_FIRST = ["failed", "waiting", "void", "sent"] as const;

/** What became of the mails to all addresses: the worst. */
export function MailsStatus({ invitation: { emails = [] } }: { readonly invitation: Invitation }) {
  const worst = WORST_FIRST.find((each) => emails.some(({ mailStatus }) => mailStatus === each));
  return <MailStatus mailStatus={worst} />;
}
