import { useLocation, useNavigate } from "react-router";
import { may, useRealm } from "../frame/realm.ts";
import { useSession } from "../frame/use-session.ts";
import { queries, scimIn } from "../server.ts";
import { ActBar } from "../ui/acts.tsx";
import { Button } from "../ui/button.tsx";
import { confirm } from "../ui/confirm.tsx";
import { isolated } from "../ui/isolated.ts";
import { LinkButton } from "../ui/link-button.tsx";
import type { AccessToken, IssuedToken } from "./access-token.ts";
import { showSecret } from "./issued.ts";

/** What can be done with a token, as far as the person may. */
export function TokenActs({ token }: { readonly token: AccessToken }) {
  const { id: realmId, realm } = useRealm();
  const { user } = useSession();
  const navigate = useNavigate();
  const { search } = useLocation();
  const path = `AccessTokens/${token.id}`;
  const name = isolated(token.name);
  const changed = () => queries.invalidateQueries({ queryKey: [realmId, "AccessTokens"] });
  // Nobody has the secret of another person's token.
  const isOwnOrMachines = token.user === undefined || token.user.value === user.value;
  const isOrphaned = token.orphaned === true;

  const askToKeep = () =>
    confirm({
      title: `Keep ${name}?`,
      action: "Keep it with a new secret",
      text: (
        <>
          <p>It gets a new secret, and its power back. You are its maker from then on.</p>
          <p>
            All secrets that it has now end at once. Enter the new one in the identity provider right away.
          </p>
        </>
      ),
      run: async () => {
        showSecret(await scimIn(realmId).create<IssuedToken>(`${path}/keep`, {}));
        void changed();
      },
    });

  const askToRevoke = () =>
    confirm({
      title: `Revoke ${name}?`,
      action: "Revoke the token",
      text: (
        <>
          <p>Programs that use it are refused at once, in every process. This cannot be undone.</p>
          <p>What was done with it stays, and so do the people and groups that it sent.</p>
        </>
      ),
      run: async () => {
        await scimIn(realmId).delete(path);
        void navigate({ pathname: "..", search });
        void changed();
      },
    });

  return (
    <ActBar>
      {isOrphaned && may(realm, "keep AccessTokens") && token.maker?.value !== user.value && (
        <Button onPress={askToKeep}>Keep it</Button>
      )}
      {!isOrphaned && isOwnOrMachines && may(realm, "change AccessTokens") && (
        <LinkButton to={{ pathname: "rotate", search }}>New secret</LinkButton>
      )}
      {may(realm, "delete AccessTokens") && <Button onPress={askToRevoke}>Revoke</Button>}
    </ActBar>
  );
}
