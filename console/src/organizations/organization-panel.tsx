import { Outlet } from "react-router";
import { useRealm } from "../frame/realm.ts";
import { PanelHead, ResourcePanel } from "../lists/resource-panel.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import { OrganizationDetails, organizationQuery } from "./organization-details.tsx";

/** An organization, beside the list of the provider's. */
export function OrganizationPanel() {
  const { id: realmId } = useRealm();
  const id = useOpenId();
  return (
    <>
      <ResourcePanel noun="organization" query={organizationQuery(realmId, id)}>
        {(organization) => (
          <>
            <PanelHead title={organization.displayName} />
            <OrganizationDetails organization={organization} />
          </>
        )}
      </ResourcePanel>
      <Outlet />
    </>
  );
}
