import { useState } from "react";
import { useForm } from "react-hook-form";
import { isProvider, may, useRealm } from "../frame/realm.ts";
import { Picker } from "../lists/picker.tsx";
import type { Named } from "../lists/named-query.ts";
import type { Team } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { Button } from "../ui/button.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { trimmed } from "../ui/trimmed.ts";
import { resourceOf, TeamFields } from "./team-fields.tsx";
import type { TeamValues } from "./team-fields.tsx";

const EMPTY: TeamValues = { displayName: "", description: "", roles: [] };

/** Creates a team; in the provider's realm, the organization is chosen first. */
export function CreateTeam() {
  const { id: realmId, realm } = useRealm();
  const form = useForm({ defaultValues: EMPTY });
  const [organization, setOrganization] = useState<Named>();
  const create = async (entered: TeamValues) => {
    if (isProvider(realm) && !organization) throw new Error("Choose the organization first.");
    const team = await scimIn(realmId).create<Team>("Teams", {
      ...resourceOf(trimmed(entered)),
      ...(organization && { organization: { value: organization.id } }),
    });
    void queries.invalidateQueries({ queryKey: [realmId] });
    return `../${team.id}`;
  };
  return (
    <FormDialog title="Create a team" form={form} action="Create the team" onSubmit={create}>
      {isProvider(realm) && !organization && (
        <Picker label="Organization" path="Groups" autoFocus onPick={setOrganization} />
      )}
      {organization && (
        <p>
          In{" "}
          <strong>
            <bdi>{organization.name}</bdi>
          </strong>{" "}
          <Button kind="quiet" onPress={() => setOrganization(undefined)}>
            Choose another organization
          </Button>
        </p>
      )}
      <TeamFields mayRename mayGiveRoles={may(realm, "grant organization roles")} />
    </FormDialog>
  );
}
