import { useWatch } from "react-hook-form";
import { useRealm } from "../frame/realm.ts";
import { EditDialog } from "../lists/edit-dialog.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import type { PatchOperation } from "../scim/patch.ts";
import type { Invitation, InvitationStatus } from "../scim/resources.ts";
import { filledEntries, FormEntries } from "../ui/entries-field.tsx";
import type { Entry } from "../ui/entries-field.tsx";
import { FormField } from "../ui/form.tsx";
import form from "../ui/form.module.css";
import * as fields from "./invitation-fields.tsx";
import type { InvitationValues } from "./invitation-fields.tsx";
import { kindOf } from "./invitation-names.ts";
import { invitationQuery } from "./one-invitation.ts";

/** What is edited of an invitation. */
interface EditedInvitation extends InvitationValues {
  readonly emails: readonly Entry[];
  readonly givenName: string;
  readonly familyName: string;
}

const LABELS = {
  name: "Name",
  description: "Message",
  expires: "Valid until",
  quota: "How many can accept",
  roles: "Roles",
  teams: "Teams",
  emails: "Address",
  givenName: "First name",
  familyName: "Last name",
};

/** The address of somebody who is a member already is a user name. */
const ATTRIBUTES = { ...fields.ATTRIBUTES, emails: ["emails", "userName"] };

const ADDRESS = [{ name: "value", label: "Address" }];

const valuesOf = (invitation: Invitation): EditedInvitation => ({
  ...fields.valuesOf(invitation),
  emails: (invitation.emails ?? []).map(({ value }) => ({ value })),
  givenName: invitation.givenName ?? "",
  familyName: invitation.familyName ?? "",
});

const attributesOf = ({ emails, givenName, familyName, ...values }: EditedInvitation) => ({
  ...fields.attributesOf(values),
  emails: filledEntries(emails, ADDRESS),
  givenName: givenName === "" ? null : givenName,
  familyName: familyName === "" ? null : familyName,
});

function operationOf(name: keyof EditedInvitation, entered: EditedInvitation): PatchOperation {
  const path = name === "expires" ? "expiresAt" : name;
  const value = attributesOf(entered)[path];
  return value === null ? { op: "remove", path } : { op: "replace", path, value };
}

/** Changes what an invitation says and gives, and whom it is for. */
export function EditInvitation() {
  const { id: realmId, realm } = useRealm();
  const id = useOpenId();
  return (
    <EditDialog<Invitation, EditedInvitation>
      noun="invitation"
      path="Invitations"
      query={invitationQuery(realmId, id)}
      valuesOf={valuesOf}
      operationOf={operationOf}
      labels={LABELS}
      attributes={ATTRIBUTES}
    >
      {(invitation) => (
        <>
          <p>{consequenceOf(invitation)}</p>
          <Recipients invitation={invitation} />
          <fields.InvitationFields realm={realm} organization={invitation.organization.value} />
        </>
      )}
    </EditDialog>
  );
}

/** What comes of a change of one that nobody can accept now. */
const WITHOUT_MAIL: Readonly<Partial<Record<InvitationStatus, string>>> = {
  disabled: "The invitation is disabled. Enable it to send what you change here.",
  expired: "The invitation has expired. With a later date, it can be accepted again.",
  exhausted: "The invitation is used up. With a higher limit, more people can accept it.",
  accepted: "All have answered. Add an address to invite somebody else.",
  declined: "All have declined. Add an address to invite somebody else.",
};

const consequenceOf = (invitation: Invitation) =>
  WITHOUT_MAIL[invitation.status] ??
  (kindOf(invitation) === "people"
    ? "If you change addresses, teams or roles, links that were sent stop working, and those who have not answered get a new mail."
    : "If you change addresses, teams or roles, the link stops working. Pass on the one that it has then.");

/** Whom it is for. It does not become an open link by mistake. */
function Recipients({ invitation }: { readonly invitation: Invitation }) {
  const [emails, givenName, familyName] = useWatch<
    EditedInvitation,
    readonly ["emails", "givenName", "familyName"]
  >({ name: ["emails", "givenName", "familyName"] });
  const isOpen = kindOf(invitation) === "link";
  const isOne = emails.length === 1 && emails.every(({ value }) => !String(value ?? "").startsWith("*@"));
  return (
    <>
      <FormEntries<EditedInvitation>
        name="emails"
        label={LABELS.emails}
        hint={`An e-mail address, or *@ with a domain for everybody there.${isOpen ? " Without one, it is for everybody who has the link." : ""}`}
        parts={ADDRESS}
        rules={{
          validate: (_value, { emails: entries }) =>
            isOpen ||
            filledEntries(entries, ADDRESS).length > 0 ||
            "Enter an address. For everybody who has the link, create a link instead.",
        }}
      />
      {(isOne || givenName !== "" || familyName !== "") && (
        <div className={form.row}>
          <FormField<EditedInvitation> name="givenName" label={LABELS.givenName} />
          <FormField<EditedInvitation> name="familyName" label={LABELS.familyName} />
        </div>
      )}
    </>
  );
}
