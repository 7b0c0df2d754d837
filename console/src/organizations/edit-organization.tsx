import { useQuery } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { may, useRealm } from "../frame/realm.ts";
import { useOpenId } from "../lists/use-open-id.ts";
import { ORGANIZATION } from "../scim/resources.ts";
import type { Group } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { trimmed } from "../ui/trimmed.ts";
import { organizationQuery } from "./organization-details.tsx";
import { OrganizationFields } from "./organization-fields.tsx";
import type { OrganizationValues } from "./organization-fields.tsx";

/** Changes an organization: the one that is open, or the one whose realm it is. */
export function EditOrganization() {
  const { id: realmId } = useRealm();
  const id = useOpenId() || realmId;
  const { data } = useQuery(organizationQuery(realmId, id));
  return data ? <EditForm organization={data} /> : null;
}

function EditForm({ organization }: { readonly organization: Group }) {
  const { id: realmId, realm } = useRealm();
  const { description = "", requiresSecondFactor = false } = organization[ORGANIZATION] ?? {};
  const before: OrganizationValues = {
    displayName: organization.displayName,
    description,
    requiresSecondFactor,
  };
  const form = useForm({ defaultValues: before });
  const save = async (entered: OrganizationValues) => {
    const next = trimmed(entered);
    const operations = (["displayName", "description", "requiresSecondFactor"] as const)
      .filter((name) => next[name] !== before[name])
      .map((name) => ({
        op: "replace",
        path: name === "displayName" ? name : `${ORGANIZATION}:${name}`,
        value: next[name],
      }));
    const path = `Groups/${organization.id}`;
    if (operations.length > 0) await scimIn(realmId).patch(path, operations, organization.meta.version);
    void queries.invalidateQueries({ queryKey: [realmId] });
    return "..";
  };
  return (
    <FormDialog title="Edit the organization" form={form} action="Save" onSubmit={save}>
      <OrganizationFields mayRename={may(realm, "rename organizations")} />
    </FormDialog>
  );
}
