import { Link, Outlet } from "react-router";
import { may, useRealm } from "../frame/realm.ts";
import { ResourceLink } from "../frame/resource-link.tsx";
import { oneQuery, PanelHead, ResourcePanel } from "../lists/resource-panel.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import { Facts } from "../ui/facts.tsx";
import type { Fact } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { Time } from "../ui/time.tsx";
import type { AccessToken } from "./access-token.ts";
import { TokenActs } from "./token-acts.tsx";
import { ownerOf, placeOf, rightsOf } from "./token-columns.tsx";
import { TokenStatus } from "./token-status.tsx";

/** One access token: whose it is, what it may do, and what can be done with it. */
export function TokenPanel() {
  const { id: realmId } = useRealm();
  const id = useOpenId();
  return (
    <>
      <ResourcePanel noun="access token" query={oneQuery<AccessToken>(realmId, "AccessTokens", id)}>
        {(token) => <Details token={token} />}
      </ResourcePanel>
      <Outlet />
    </>
  );
}

function Details({ token }: { readonly token: AccessToken }) {
  const { id: realmId, realm } = useRealm();
  return (
    <>
      <PanelHead title={token.name} subtitle={<bdi>{placeOf(token)}</bdi>} />
      <TokenStatus token={token} />
      {token.orphaned === true && (
        <Notice kind="problem">
          Its maker lost the role that was needed to make it. People and groups are still synchronized, but it
          gives no role, and makes no token and no invitation. Keep it with a new secret, which ends the
          present one, and enter that in the identity provider; or revoke it.
        </Notice>
      )}
      <TokenActs token={token} />
      <Facts facts={factsOf(token)} />
      {may(realm, "read AuditEvents") && (
        <Link to={`/${realmId}/activity?actor=token.${token.id}`}>All that was done with it</Link>
      )}
    </>
  );
}

const factsOf = (token: AccessToken): readonly Fact[] => [
  [
    "Owner",
    <ResourceLink key="owner" type="User" id={token.user?.value}>
      {ownerOf(token)}
    </ResourceLink>,
  ],
  [
    "Made by",
    token.maker && (
      <ResourceLink type="User" id={token.maker.value}>
        {token.maker.display ?? token.maker.value}
      </ResourceLink>
    ),
  ],
  ["Acts in", placeOf(token)],
  ["Rights", rightsOf(token)],
  ["Expires", <Time key="time" value={token.expiresAt} />],
  ["Last used", <Time key="time" value={token.lastUsedAt} />],
  ["Created", <Time key="time" value={token.meta.created} />],
  ["Last change", <Time key="time" value={token.meta.lastModified} />],
];
