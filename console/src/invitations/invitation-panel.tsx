import { Outlet } from "react-router";
import { Creator } from "../activity/creator.tsx";
import { isProvider, useRealm } from "../frame/realm.ts";
import { PanelHead, ResourcePanel } from "../lists/resource-panel.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import type { Invitation } from "../scim/resources.ts";
import { useActs } from "../ui/acts.tsx";
import { CopyField } from "../ui/copy-field.tsx";
import { Facts } from "../ui/facts.tsx";
import type { Fact } from "../ui/facts.tsx";
import { Part } from "../ui/part.tsx";
import { Time } from "../ui/time.tsx";
import { UserLink } from "../users/user-link.tsx";
import { nameOfRole } from "../users/user-names.ts";
import { InvitationActs } from "./invitation-acts.tsx";
import { kindOf, nameOfInvitation, readable } from "./invitation-names.ts";
import { invitationQuery } from "./one-invitation.ts";
import { InvitationStatus, MailStatus } from "./invitation-status.tsx";

import styles from "./invitations.module.css";

/** An invitation: whom it is for, what it gives, how it stands, and what can be done with it. */
export function InvitationPanel() {
  const { id: realmId } = useRealm();
  const id = useOpenId();
  return (
    <>
      <ResourcePanel noun="invitation" query={invitationQuery(realmId, id)}>
        {(invitation) => <Details key={invitation.id} invitation={invitation} />}
      </ResourcePanel>
      <Outlet />
    </>
  );
}

/** How many of those who accepted are listed; the others are counted. */
const LISTED = 50;

const WHO = {
  people: "The people below, each once",
  domain: "Everybody with an address of the domain",
  link: "Everybody who has the link and proves an address",
} as const;

function Details({ invitation }: { readonly invitation: Invitation }) {
  const { realm } = useRealm();
  const acts = useActs();
  const { organization, link, emails = [], acceptedBy = [], declinedBy = [] } = invitation;
  const others = acceptedBy.length - LISTED;
  const name = nameOfInvitation(invitation);
  return (
    <>
      <PanelHead title={name} subtitle={isProvider(realm) && <bdi>{organization.display}</bdi>} />
      <InvitationStatus status={invitation.status} />
      <InvitationActs invitation={invitation} acts={acts} />
      {acts.notice}
      {link !== undefined && (
        <div className={styles.link}>
          <CopyField label="Link to pass on" value={link} />
          <p>It contains no address: the person who opens it proves one first.</p>
        </div>
      )}
      <Facts facts={factsOf(invitation)} />
      {emails.length > 0 && (
        <Part title="Invited" none="">
          {emails.map(({ value, mailStatus, mailStatusAt }) => (
            <li key={value}>
              <bdi>{readable(value)}</bdi>
              {mailStatus && (
                <small>
                  <MailStatus mailStatus={mailStatus} /> <Time value={mailStatusAt} />
                </small>
              )}
            </li>
          ))}
        </Part>
      )}
      <Part title="Accepted" none="Nobody yet.">
        {[
          ...acceptedBy.slice(0, LISTED).map(({ value, display }) => (
            <li key={value}>
              <UserLink id={value} name={display ?? value} />
            </li>
          )),
          ...(others > 0
            ? [<li key="others">{others === 1 ? "And 1 other" : `And ${others.toLocaleString()} others`}</li>]
            : []),
        ]}
      </Part>
      {declinedBy.length > 0 && (
        <Part title="Declined" none="">
          {declinedBy.map(({ value = "" }) => (
            <li key={value}>
              <bdi>{value}</bdi>
            </li>
          ))}
        </Part>
      )}
    </>
  );
}

function factsOf(invitation: Invitation): readonly Fact[] {
  const { description, roles = [], teams = [], expiresAt, quota, acceptedBy = [], meta } = invitation;
  const accepted = acceptedBy.length;
  return [
    ["Who can accept", WHO[kindOf(invitation)]],
    ["Message", description],
    ["Roles", roles.map(({ value = "" }) => nameOfRole(value)).join(", ") || "None: a plain member"],
    [
      "Teams",
      teams.length > 0 &&
        teams.map(({ value, display }) => (
          <div key={value}>
            <bdi>{display ?? value}</bdi>
          </div>
        )),
    ],
    ["Expires", <Time key="time" value={expiresAt} />],
    [
      "Limit",
      quota !== undefined && `${accepted.toLocaleString()} of ${quota.toLocaleString()} have accepted`,
    ],
    ["Invited by", <Creator key="creator" id={invitation.id} />],
    ["Created", <Time key="time" value={meta.created} />],
    ["Last change", <Time key="time" value={meta.lastModified} />],
  ];
}
