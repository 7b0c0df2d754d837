import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "react-router";
import { may, useRealm } from "../frame/realm.ts";
import { ListPage } from "../lists/list-page.tsx";
import { useListState } from "../lists/list-state.ts";
import { scimIn } from "../server.ts";
import { Button } from "../ui/button.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import { Notice } from "../ui/notice.tsx";
import type { AccessToken } from "./access-token.ts";
import { TOKEN_COLUMNS } from "./token-columns.tsx";
import { ORPHANED, TOKEN_FILTER_NAMES, tokenFilters, tokenQuery } from "./token-list.ts";

/** The access tokens of the realm. */
export function TokensPage() {
  const { id, realm } = useRealm();
  const { search } = useLocation();
  const [state, changes] = useListState(TOKEN_FILTER_NAMES);
  const [openedAt] = useState(() => new Date().toISOString());
  return (
    <ListPage
      title="Access tokens"
      query={tokenQuery(id, state, openedAt)}
      state={state}
      changes={changes}
      searchLabel="Search by name or owner"
      filters={tokenFilters(realm)}
      columns={TOKEN_COLUMNS}
      buttons={
        may(realm, "create AccessTokens") && (
          <LinkButton to={{ pathname: "create", search }} kind="primary">
            Create token
          </LinkButton>
        )
      }
      notice={
        state.filters.status !== "orphaned" && (
          <OrphanedNotice onShow={() => changes.filter("status", "orphaned")} />
        )
      }
      emptyText="Identity providers and scripts act with access tokens. Create one for each."
    />
  );
}

/** Says when tokens wait for a decision. */
function OrphanedNotice({ onShow }: { readonly onShow: () => void }) {
  const { id } = useRealm();
  const { data } = useQuery({
    queryKey: [id, "AccessTokens", "orphaned"],
    queryFn: ({ signal }) =>
      scimIn(id).list<AccessToken>("AccessTokens", { filter: ORPHANED, count: 0 }, signal),
  });
  const count = data?.totalResults ?? 0;
  if (count === 0) return null;
  return (
    <Notice kind="problem">
      {count === 1
        ? "One token is orphaned: its maker lost the role that was needed to make it. Keep it or revoke it."
        : `${count.toLocaleString()} tokens are orphaned: their makers lost the role that was needed to make them. Keep or revoke each.`}{" "}
      <Button onPress={onShow}>Show</Button>
    </Notice>
  );
}
