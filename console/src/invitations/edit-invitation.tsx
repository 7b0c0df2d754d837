import { useQuery } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useRealm } from "../frame/realm.ts";
import { useOpenId } from "../lists/use-open-id.ts";
import type { Invitation } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { trimmed } from "../ui/trimmed.ts";
import { ATTRIBUTES, attributesOf, InvitationFields, valuesOf } from "./invitation-fields.tsx";
import type { InvitationValues } from "./invitation-fields.tsx";
import { invitationQuery } from "./one-invitation.ts";

/** Changes what an invitation says and gives. */
export function EditInvitation() {
  const { id: realmId } = useRealm();
  const id = useOpenId();
  const { data } = useQuery(invitationQuery(realmId, id));
  return data ? <EditForm invitation={data} /> : null;
}

function EditForm({ invitation }: { readonly invitation: Invitation }) {
  const { id: realmId, realm } = useRealm();
  const before = valuesOf(invitation);
  const form = useForm<InvitationValues>({ defaultValues: before });
  const save = async (entered: InvitationValues) => {
    const [old, next] = [attributesOf(before), attributesOf(trimmed(entered))];
    const operations = (Object.keys(next) as (keyof typeof next)[])
      .filter((name) => JSON.stringify(next[name]) !== JSON.stringify(old[name]))
      .map((path) =>
        next[path] === null ? { op: "remove", path } : { op: "replace", path, value: next[path] },
      );
    const path = `Invitations/${invitation.id}`;
    if (operations.length > 0) await scimIn(realmId).patch(path, operations, invitation.meta.version);
    void queries.invalidateQueries({ queryKey: [realmId] });
    return "..";
  };
  return (
    <FormDialog title="Edit the invitation" form={form} action="Save" attributes={ATTRIBUTES} onSubmit={save}>
      <p>
        If you change the roles, links that were sent stop working, and those who have not answered get a new
        mail.
      </p>
      <InvitationFields realm={realm} />
    </FormDialog>
  );
}
