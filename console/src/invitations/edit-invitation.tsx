import { useRealm } from "../frame/realm.ts";
import { EditDialog } from "../lists/edit-dialog.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import type { PatchOperation } from "../scim/patch.ts";
import type { Invitation } from "../scim/resources.ts";
import { ATTRIBUTES, attributesOf, InvitationFields, valuesOf } from "./invitation-fields.tsx";
import type { InvitationValues } from "./invitation-fields.tsx";
import { kindOf } from "./invitation-names.ts";
import { invitationQuery } from "./one-invitation.ts";

const LABELS = {
  name: "Name",
  description: "Message",
  expires: "Valid until",
  quota: "How many can accept",
  roles: "Roles",
};

function operationOf(name: keyof InvitationValues, entered: InvitationValues): PatchOperation {
  const path = name === "expires" ? "expiresAt" : name;
  const value = attributesOf(entered)[path];
  return value === null ? { op: "remove", path } : { op: "replace", path, value };
}

/** Changes what an invitation says and gives. */
export function EditInvitation() {
  const { id: realmId, realm } = useRealm();
  const id = useOpenId();
  return (
    <EditDialog<Invitation, InvitationValues>
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
          <p>
            {kindOf(invitation) === "people"
              ? "If you change the roles, links that were sent stop working, and those who have not answered get a new mail."
              : "If you change the roles, the link stops working. Pass on the one that it has then."}
          </p>
          <InvitationFields realm={realm} />
        </>
      )}
    </EditDialog>
  );
}
