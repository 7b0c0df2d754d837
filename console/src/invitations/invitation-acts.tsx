import { useLocation, useNavigate } from "react-router";
import { may, useRealm } from "../frame/realm.ts";
import type { Invitation } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { ActBar } from "../ui/acts.tsx";
import type { Acts } from "../ui/acts.tsx";
import { Button } from "../ui/button.tsx";
import { confirm } from "../ui/confirm.tsx";
import { isolated } from "../ui/isolated.ts";
import { LinkButton } from "../ui/link-button.tsx";
import { domainOf, kindOf, nameOfInvitation } from "./invitation-names.ts";

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
  const kind = kindOf(invitation);
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
      ? `It is enabled again. ${kind === "people" ? "Those who have not answered get a new mail." : "Pass on the link that it has now: earlier ones do not work."}`
      : "It is disabled: nobody can accept it, and links that were sent work no more.";
  };
  const isOver = status === "accepted" || status === "declined";
  const mayChange = may(realm, "change Invitations");
  return (
    <ActBar>
      {mayChange && status === "pending" && kind === "people" && (
        <Button isDisabled={isBusy} onPress={() => run(resend)}>
          Send again
        </Button>
      )}
      {mayChange && <LinkButton to={{ pathname: "edit", search }}>Edit</LinkButton>}
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

/** What is deleted, in words. */
function objectOf(invitation: Invitation): string {
  const name = isolated(nameOfInvitation(invitation));
  if (invitation.name !== undefined) return `the invitation ${name}`;
  const [only, ...others] = invitation.emails ?? [];
  if (!only) return "the open link";
  if (kindOf(invitation) !== "domain" || others.length > 0) return `the invitation of ${name}`;
  return `the invitation for everybody at ${isolated(domainOf(only.value))}`;
}

const askToDelete = (invitation: Invitation, run: () => Promise<void>) =>
  confirm({
    title: `Delete ${objectOf(invitation)}?`,
    action: "Delete the invitation",
    text: (
      <>
        <p>Its links stop working at once, those in mails too. This cannot be undone.</p>
        <p>People who have accepted stay in the organization.</p>
      </>
    ),
    run,
  });
