import { useLocation, useNavigate } from "react-router";
import { Foretold } from "../acts/foretold.tsx";
import { useRealm } from "../frame/realm.ts";
import type { Team } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { ActBar } from "../ui/acts.tsx";
import { Button } from "../ui/button.tsx";
import { confirm } from "../ui/confirm.tsx";
import { isolated } from "../ui/isolated.ts";
import { LinkButton } from "../ui/link-button.tsx";
import { nameOfRole } from "../users/user-names.ts";
import { powerOver } from "./team-power.ts";

/** What can be done with a team as a whole. */
export function TeamActs({ team }: { readonly team: Team }) {
  const { id: realmId, realm } = useRealm();
  const { search } = useLocation();
  const navigate = useNavigate();
  const { mayDescribe, mayDelete } = powerOver(team, realm);
  const remove = async () => {
    await scimIn(realmId).delete(`Teams/${team.id}`);
    void navigate({ pathname: "..", search });
    void queries.invalidateQueries({ queryKey: [realmId] });
  };
  if (!mayDescribe && !mayDelete) return null;
  return (
    <ActBar>
      {mayDescribe && <LinkButton to={{ pathname: "edit", search }}>Edit</LinkButton>}
      {mayDelete && <Button onPress={() => askToDelete(team, realmId, remove)}>Delete</Button>}
    </ActBar>
  );
}

function askToDelete(team: Team, realm: string, run: () => Promise<void>): void {
  const { id, displayName, roles = [], memberCount = 0 } = team;
  const names = roles.map(({ value = "" }) => nameOfRole(value)).join(", ");
  confirm({
    title: `Delete the team ${isolated(displayName)}?`,
    action: "Delete the team",
    text: (
      <>
        {memberCount === 0 ? (
          <p>Nobody is in it. This cannot be undone.</p>
        ) : (
          <>
            <p>
              {memberCount === 1
                ? "Its member leaves it"
                : `Its ${memberCount.toLocaleString()} members leave it`}
              {names !== "" && `, and what is had by it goes: ${names}`}. This cannot be undone.
            </p>
            <p>The people stay in the organization.</p>
            <Foretold realm={realm} operations={[{ method: "DELETE", path: `/Teams/${id}` }]} />
          </>
        )}
      </>
    ),
    run,
  });
}
