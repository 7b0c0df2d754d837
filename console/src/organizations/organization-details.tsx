import { Link, useLocation, useNavigate } from "react-router";
import { Foretold } from "../acts/foretold.tsx";
import { isProvider, may, useRealm } from "../frame/realm.ts";
import { oneQuery } from "../lists/resource-panel.tsx";
import { ORGANIZATION } from "../scim/resources.ts";
import type { Group } from "../scim/resources.ts";
import { queries, scimIn, session } from "../server.ts";
import { ActBar } from "../ui/acts.tsx";
import { Button } from "../ui/button.tsx";
import { confirm } from "../ui/confirm.tsx";
import { Facts } from "../ui/facts.tsx";
import { isolated } from "../ui/isolated.ts";
import { LinkButton } from "../ui/link-button.tsx";
import { Time } from "../ui/time.tsx";

const OWN = ["description", "memberCount", "requiresSecondFactor"].map((name) => `${ORGANIZATION}:${name}`);

/** Without the members, of whom there may be a hundred thousand. */
const ATTRIBUTES = ["displayName", "externalId", "meta", ...OWN].join();

export const organizationQuery = (realm: string, id: string) =>
  oneQuery<Group>(realm, "Groups", id, ATTRIBUTES);

/** To be called after a change of an organization, which the frame names, too. */
export const renewNames = () => void session.load().catch(() => undefined);

/** An organization: what is known of it, where its people, teams and invitations are, and what can be done with it. */
export function OrganizationDetails({ organization }: { readonly organization: Group }) {
  const { realm } = useRealm();
  const { id, externalId, meta } = organization;
  const { description, requiresSecondFactor } = organization[ORGANIZATION] ?? {};
  return (
    <>
      <OrganizationActs organization={organization} />
      <Facts
        facts={[
          ["Description", description],
          ["Contents", <Contents key="contents" organization={organization} />],
          [
            "Second factor",
            requiresSecondFactor === true
              ? "Its administrators need one"
              : "Its administrators choose whether they have one",
          ],
          ["External id", externalId],
          ["Id", isProvider(realm) && <code key="id">{id}</code>],
          ["Created", <Time key="time" value={meta.created} />],
          ["Last change", <Time key="time" value={meta.lastModified} />],
        ]}
      />
    </>
  );
}

/** Where what belongs to it is. */
function Contents({ organization }: { readonly organization: Group }) {
  const { id: realmId, realm } = useRealm();
  const members = organization[ORGANIZATION]?.memberCount ?? 0;
  const search = isProvider(realm) ? `?organization=${organization.id}` : "";
  return (
    <>
      {may(realm, "read Users") && (
        <div>
          <Link to={`/${realmId}/users${search}`}>
            {members === 1 ? "1 member" : `${members.toLocaleString()} members`}
          </Link>
        </div>
      )}
      {may(realm, "read Teams") && (
        <div>
          <Link to={`/${realmId}/teams${search}`}>Teams</Link>
        </div>
      )}
      {may(realm, "read Invitations") && (
        <div>
          <Link to={`/${realmId}/invitations${search}`}>Invitations</Link>
        </div>
      )}
    </>
  );
}

function OrganizationActs({ organization }: { readonly organization: Group }) {
  const { id: realmId, realm } = useRealm();
  const { search } = useLocation();
  const navigate = useNavigate();
  const remove = async () => {
    await scimIn(realmId).delete(`Groups/${organization.id}`);
    void navigate({ pathname: "..", search });
    void queries.invalidateQueries({ queryKey: [realmId] });
    renewNames();
  };
  return (
    <ActBar>
      {may(realm, "change Groups") && <LinkButton to={{ pathname: "edit", search }}>Edit</LinkButton>}
      {may(realm, "delete organizations") && (
        <Button onPress={() => askToDelete(organization, realmId, remove)}>Delete</Button>
      )}
    </ActBar>
  );
}

function askToDelete(organization: Group, realm: string, run: () => Promise<void>): void {
  const { id, displayName } = organization;
  const members = organization[ORGANIZATION]?.memberCount ?? 0;
  confirm({
    title: `Delete the organization ${isolated(displayName)}?`,
    action: "Delete the organization",
    typed: displayName,
    text: (
      <>
        <p>
          {members === 1 ? "1 membership goes" : `${members.toLocaleString()} memberships go`}, with roles,
          and all teams, invitations and access tokens of the organization. This cannot be undone.
        </p>
        <p>The accounts of the people stay.</p>
        <Foretold realm={realm} operations={[{ method: "DELETE", path: `/Groups/${id}` }]} />
      </>
    ),
    run,
  });
}
