import { useForm } from "react-hook-form";
import { useRealm } from "../frame/realm.ts";
import { GROUP, ORGANIZATION } from "../scim/resources.ts";
import type { Group } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { trimmed } from "../ui/trimmed.ts";
import { OrganizationFields } from "./organization-fields.tsx";
import type { OrganizationValues } from "./organization-fields.tsx";

const EMPTY: OrganizationValues = { displayName: "", description: "", requiresSecondFactor: false };

/** Creates an organization, in the provider's realm. */
export function CreateOrganization() {
  const { id: realm } = useRealm();
  const form = useForm({ defaultValues: EMPTY });
  const create = async (entered: OrganizationValues) => {
    const { displayName, description, requiresSecondFactor } = trimmed(entered);
    const organization = await scimIn(realm).create<Group>("Groups", {
      schemas: [GROUP, ORGANIZATION],
      displayName,
      [ORGANIZATION]: { ...(description !== "" && { description }), requiresSecondFactor },
    });
    void queries.invalidateQueries({ queryKey: [realm] });
    return `../${organization.id}`;
  };
  return (
    <FormDialog title="Create an organization" form={form} action="Create the organization" onSubmit={create}>
      <OrganizationFields mayRename />
    </FormDialog>
  );
}
