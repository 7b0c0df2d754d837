import { useQuery } from "@tanstack/react-query";
import { Outlet } from "react-router";
import { useRealm } from "../frame/realm.ts";
import { Failure } from "../ui/message.tsx";
import { useTitle } from "../ui/title.ts";
import { OrganizationDetails, organizationQuery } from "./organization-details.tsx";
import styles from "./organizations.module.css";

/** The organization whose realm it is. */
export function OwnOrganization() {
  const { id } = useRealm();
  const { data, error, refetch } = useQuery(organizationQuery(id, id));
  useTitle("page", "Organization");
  if (error && !data)
    return <Failure title="The organization was not loaded" error={error} onRetry={() => void refetch()} />;
  return (
    data && (
      <div className={styles.own}>
        <h1>
          <bdi>{data.displayName}</bdi>
        </h1>
        <OrganizationDetails organization={data} />
        <Outlet />
      </div>
    )
  );
}
