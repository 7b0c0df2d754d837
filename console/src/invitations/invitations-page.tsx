import { useLocation } from "react-router";
import { may, useRealm } from "../frame/realm.ts";
import { ListPage } from "../lists/list-page.tsx";
import { useListState } from "../lists/list-state.ts";
import { LinkButton } from "../ui/link-button.tsx";
import { invitationColumns } from "./invitation-columns.tsx";
import { INVITATION_FILTER_NAMES, invitationFilters, invitationQuery } from "./invitation-list.ts";

/** The invitations of the realm. */
export function InvitationsPage() {
  const { id, realm } = useRealm();
  const { search } = useLocation();
  const [state, changes] = useListState(INVITATION_FILTER_NAMES);
  return (
    <ListPage
      title="Invitations"
      query={invitationQuery(id, state)}
      state={state}
      changes={changes}
      searchLabel="Search by name or address"
      filters={invitationFilters(realm)}
      columns={invitationColumns(realm)}
      buttons={
        may(realm, "create Invitations") && (
          <>
            <LinkButton to={{ pathname: "create", search }}>Create link</LinkButton>
            <LinkButton kind="primary" to={`/${id}/users/invite`}>
              Invite
            </LinkButton>
          </>
        )
      }
      emptyText="Invite people by their addresses, everybody of a domain, or by a link that you pass on."
    />
  );
}
