import { may, useRealm } from "../frame/realm.ts";
import { EditDialog } from "../lists/edit-dialog.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import { ORGANIZATION } from "../scim/resources.ts";
import type { Group } from "../scim/resources.ts";
import { organizationQuery, renewNames } from "./organization-details.tsx";
import { OrganizationFields } from "./organization-fields.tsx";
import type { OrganizationValues } from "./organization-fields.tsx";

const LABELS = {
  displayName: "Name",
  description: "Description",
  requiresSecondFactor: "Administrators need a second factor",
};

const valuesOf = ({ displayName, [ORGANIZATION]: own = {} }: Group): OrganizationValues => ({
  displayName,
  description: own.description ?? "",
  requiresSecondFactor: own.requiresSecondFactor ?? false,
});

/** Changes an organization: the one that is open, or the one whose realm it is. */
export function EditOrganization() {
  const { id: realmId, realm } = useRealm();
  const id = useOpenId() || realmId;
  return (
    <EditDialog<Group, OrganizationValues>
      noun="organization"
      path="Groups"
      query={organizationQuery(realmId, id)}
      valuesOf={valuesOf}
      operationOf={(name, entered) => ({
        op: "replace",
        path: name === "displayName" ? name : `${ORGANIZATION}:${name}`,
        value: entered[name],
      })}
      labels={LABELS}
      onSaved={renewNames}
    >
      {() => <OrganizationFields mayRename={may(realm, "rename organizations")} />}
    </EditDialog>
  );
}
