import { useRealm } from "../frame/realm.ts";
import { EditDialog } from "../lists/edit-dialog.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import type { Team } from "../scim/resources.ts";
import { teamQuery } from "./team-panel.tsx";
import { TeamFields } from "./team-fields.tsx";
import type { TeamValues } from "./team-fields.tsx";
import { powerOver } from "./team-power.ts";

const LABELS = { displayName: "Name", description: "Description", roles: "Roles that it gives" };

const valuesOf = ({ displayName, description = "", roles = [] }: Team): TeamValues => ({
  displayName,
  description,
  roles: roles.map(({ value = "" }) => value),
});

/** Changes a team, as far as the person may. */
export function EditTeam() {
  const { id: realmId, realm } = useRealm();
  const id = useOpenId();
  return (
    <EditDialog<Team, TeamValues>
      noun="team"
      path="Teams"
      query={teamQuery(realmId, id)}
      valuesOf={valuesOf}
      operationOf={(path, entered) => ({
        op: "replace",
        path,
        value: path === "roles" ? entered.roles.map((value) => ({ value })) : entered[path],
      })}
      labels={LABELS}
    >
      {(team) => {
        const { mayRename, mayGiveOrganizationRoles } = powerOver(team, realm);
        return <TeamFields mayRename={mayRename} mayGiveRoles={mayGiveOrganizationRoles} />;
      }}
    </EditDialog>
  );
}
