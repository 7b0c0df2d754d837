import { Outlet } from "react-router";
import { Creator } from "../activity/creator.tsx";
import { isProvider, may, useRealm } from "../frame/realm.ts";
import { ResourceLink } from "../frame/resource-link.tsx";
import { oneQuery, PanelHead, ResourcePanel } from "../lists/resource-panel.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import type { Team } from "../scim/resources.ts";
import { useActs } from "../ui/acts.tsx";
import { Facts } from "../ui/facts.tsx";
import { Time } from "../ui/time.tsx";
import { nameOfRole } from "../users/user-names.ts";
import { TeamActs } from "./team-acts.tsx";
import { TeamMembers } from "./team-members.tsx";
import styles from "./teams.module.css";

const ATTRIBUTES = "displayName,description,externalId,organization,roles,memberCount,meta";

export const teamQuery = (realm: string, id: string) => oneQuery<Team>(realm, "Teams", id, ATTRIBUTES);

/** A team: what it gives, who is in it, and what can be done with it. */
export function TeamPanel() {
  const { id: realmId } = useRealm();
  const id = useOpenId();
  return (
    <>
      <ResourcePanel noun="team" query={teamQuery(realmId, id)}>
        {(team) => <Details key={team.id} team={team} />}
      </ResourcePanel>
      <Outlet />
    </>
  );
}

function Details({ team }: { readonly team: Team }) {
  const { realm } = useRealm();
  const acts = useActs();
  const { id, displayName, description, externalId, organization, roles = [], meta } = team;
  return (
    <>
      <PanelHead
        title={displayName}
        subtitle={
          isProvider(realm) && (
            <ResourceLink type="Organization" id={organization.value}>
              {organization.display ?? organization.value}
            </ResourceLink>
          )
        }
      />
      <TeamActs team={team} />
      {acts.notice}
      {externalId !== undefined && (
        <p className={styles.note}>
          An identity provider pushes this team; its next sync may overwrite a change here.
        </p>
      )}
      <Facts
        facts={[
          ["Description", description],
          [
            "Gives the roles",
            roles.length > 0
              ? `${roles.map(({ value = "" }) => nameOfRole(value)).join(", ")}, as long as somebody is in the team`
              : "None in the organization",
          ],
          ["External id", externalId],
          ["Created by", may(realm, "read AuditEvents") && <Creator key="creator" id={id} />],
          ["Created", <Time key="time" value={meta.created} />],
          ["Last change", <Time key="time" value={meta.lastModified} />],
        ]}
      />
      <TeamMembers team={team} acts={acts} />
    </>
  );
}
