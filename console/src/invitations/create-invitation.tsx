import { useState } from "react";
import { useForm } from "react-hook-form";
import { isProvider, useRealm } from "../frame/realm.ts";
import type { Named } from "../lists/named-query.ts";
import { Picker } from "../lists/picker.tsx";
import { INVITATION } from "../scim/resources.ts";
import type { Invitation } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { FormField } from "../ui/form.tsx";
import { trimmed } from "../ui/trimmed.ts";
import { Chosen } from "../users/chosen.tsx";
import { ATTRIBUTES, attributesOf, InvitationFields, valuesOf } from "./invitation-fields.tsx";
import type { InvitationValues } from "./invitation-fields.tsx";

interface NewInvitation extends InvitationValues {
  /** Empty: an open link. */
  readonly domain: string;
}

/** Creates an invitation for everybody of a domain, or an open link. */
export function CreateInvitation() {
  const { id: realmId, realm } = useRealm();
  const form = useForm<NewInvitation>({ defaultValues: { ...valuesOf({}), domain: "" } });
  const [organization, setOrganization] = useState<Named>();
  const choose = (chosen: Named | undefined) => {
    setOrganization(chosen);
    form.setValue("teams", []);
  };
  const create = async (entered: NewInvitation) => {
    if (isProvider(realm) && !organization) throw new Error("Choose the organization first.");
    const values = trimmed(entered);
    const domain = values.domain.replace(/^\*?@/, "");
    const attributes = Object.entries(attributesOf(values)).filter(([, value]) => value !== null);
    const invitation = await scimIn(realmId).create<Invitation>("Invitations", {
      schemas: [INVITATION],
      ...(organization && { organization: { value: organization.id } }),
      ...(domain !== "" && { emails: [{ value: `*@${domain}` }] }),
      ...Object.fromEntries(attributes),
    });
    void queries.invalidateQueries({ queryKey: [realmId] });
    return `../${invitation.id}`;
  };
  return (
    <FormDialog
      title="Create a link"
      form={form}
      action="Create the link"
      attributes={{ ...ATTRIBUTES, domain: ["emails"] }}
      onSubmit={create}
    >
      {isProvider(realm) && (
        <Chosen label="Organization" picked={organization} onChange={() => choose(undefined)}>
          <Picker label="Organization" path="Groups" onPick={choose} />
        </Chosen>
      )}
      <FormField<NewInvitation>
        name="domain"
        label="Domain"
        hint="Such as example.com: for everybody with an address there. Empty: for everybody who has the link."
      />
      <InvitationFields realm={realm} organization={isProvider(realm) ? organization?.id : realmId} />
    </FormDialog>
  );
}
