import { useLocation, useNavigate } from "react-router";
import { may, useRealm } from "../frame/realm.ts";
import type { Invitation } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { ActBar } from "../ui/acts.tsx";
import type { Acts } from "../ui/acts.tsx";
import { Button } from "../ui/button.tsx";
import { confirm } from "../ui/confirm.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import { kindOf, nameOfInvitation } from "./invitation-names.ts";

interface InvitationActsProps {
  readonly invitation: Invitation;
  readonly acts: Acts;
}

/** What can be done with an invitation, as far as the person may. */
export function InvitationActs({ invitation, acts: { isBusy, run } }: InvitationActsProps) {
  const { id: realmId, realm } = useRealm();
  const navigate = useNavigate();
  const { search } = useLocation();
  const { id, status, enabled } = invitation;
  const scim = scimIn(realmId);
  const path = `Invitations/${id}`;
  const changed = () => queries.invalidateQueries({ queryKey: [realmId, "Invitations"] });
  const resend = async () => {
    await scim.create(`${path}/resend`, {});
    await changed();
    return "It is being sent again to those who have not answered.";
  };
  const enable = async () => {
    await scim.patch(path, [{ op: "replace", path: "enabled", value: enabled === false }]);
    await changed();
    return enabled === false
      ? "It is enabled again. Those who have not answered get a new mail."
      : "It is disabled: nobody can accept it, and links that were sent work no more.";
  };
  const isOver = status === "accepted" || status === "declined";
  const mayChange = may(realm, "change Invitations");
  return (
    <ActBar>
      {mayChange && status === "pending" && kindOf(invitation) === "people" && (
        <Button isDisabled={isBusy} onPress={() => run(resend)}>
          Send again
        </Button>
      )}
      {mayChange && !isOver && <LinkButton to={{ pathname: "edit", search }}>Edit</LinkButton>}
      {mayChange && !isOver && (
        <Button isDisabled={isBusy} onPress={() => run(enable)}>
          {enabled === false ? "Enable" : "Disable"}
        </Button>
      )}
      {may(realm, "delete Invitations") && (
        <Button
          isDisabled={isBusy}
          onPress={() =>
            askToDelete(invitation, async () => {
              await scim.delete(path);
              void navigate({ pathname: "..", search });
              void changed();
            })
          }
        >
          Delete
        </Button>
      )}
    </ActBar>
  );
}

const askToDelete = (invitation: Invitation, run: () => Promise<void>) =>
  confirm({
    title: `Delete the invitation of \u2068${nameOfInvitation(invitation)}\u2069?`,
    action: "Delete the invitation",
    text: (
      <>
        <p>Its links stop working at once, those in mails too. This cannot be undone.</p>
        <p>People who have accepted stay in the organization.</p>
      </>
    ),
    run,
  });
