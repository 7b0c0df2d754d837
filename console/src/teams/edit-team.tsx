import { useQuery } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useRealm } from "../frame/realm.ts";
import { useOpenId } from "../lists/use-open-id.ts";
import type { Team } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { trimmed } from "../ui/trimmed.ts";
import { teamQuery } from "./team-panel.tsx";
import { TeamFields } from "./team-fields.tsx";
import type { TeamValues } from "./team-fields.tsx";
import { powerOver } from "./team-power.ts";

/** Changes a team, as far as the person may. */
export function EditTeam() {
  const { id: realmId } = useRealm();
  const id = useOpenId();
  const { data } = useQuery(teamQuery(realmId, id));
  return data ? <EditForm team={data} /> : null;
}

const rolesIn = ({ roles = [] }: Team) => roles.map(({ value = "" }) => value);

function EditForm({ team }: { readonly team: Team }) {
  const { id: realmId, realm } = useRealm();
  const { mayRename, mayGiveOrganizationRoles } = powerOver(team, realm);
  const form = useForm<TeamValues>({
    defaultValues: {
      displayName: team.displayName,
      description: team.description ?? "",
      roles: rolesIn(team),
    },
  });
  const save = async (entered: TeamValues) => {
    const { displayName, description, roles } = trimmed(entered);
    const isSame = [...roles].sort().join() === rolesIn(team).sort().join();
    const operations = [
      ...(displayName === team.displayName
        ? []
        : [{ op: "replace", path: "displayName", value: displayName }]),
      ...(description === (team.description ?? "")
        ? []
        : [{ op: "replace", path: "description", value: description }]),
      ...(isSame ? [] : [{ op: "replace", path: "roles", value: roles.map((value) => ({ value })) }]),
    ];
    if (operations.length > 0) await scimIn(realmId).patch(`Teams/${team.id}`, operations, team.meta.version);
    void queries.invalidateQueries({ queryKey: [realmId] });
    return "..";
  };
  return (
    <FormDialog title="Edit the team" form={form} action="Save" onSubmit={save}>
      <TeamFields mayRename={mayRename} mayGiveRoles={mayGiveOrganizationRoles} />
    </FormDialog>
  );
}
