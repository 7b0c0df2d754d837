import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useRealm } from "../frame/realm.ts";
import { ResourceLink } from "../frame/resource-link.tsx";
import { oneQuery, PanelHead, ResourcePanel } from "../lists/resource-panel.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import { Button } from "../ui/button.tsx";
import { Facts } from "../ui/facts.tsx";
import type { Fact } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { Time } from "../ui/time.tsx";
import styles from "./activity.module.css";
import { nameOfActor, withActors } from "./actors.ts";
import type { NamedEvent } from "./actors.ts";
import type { AuditEvent } from "./audit-event.ts";
import { nameOfDeed, nameOfKind, nameOfTarget, typeOfTarget } from "./event-names.ts";
import { EventResult } from "./event-result.tsx";

/** One event: what was asked, how it was understood, and what was answered. */
export function EventPanel() {
  const { id: realmId } = useRealm();
  const id = useOpenId();
  return (
    <ResourcePanel noun="event" query={oneQuery<AuditEvent>(realmId, "AuditEvents", id)}>
      {(event) => <Event event={event} />}
    </ResourcePanel>
  );
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

function Event({ event: unnamed }: { readonly event: AuditEvent }) {
  const { id: realmId } = useRealm();
  const {
    data: event = unnamed,
    isError,
    refetch,
  } = useQuery({
    queryKey: [realmId, "AuditEvents", "named", unnamed.id],
    queryFn: async ({ signal }) => (await withActors(realmId, [unnamed], signal))[0] ?? unnamed,
  });
  return (
    <div className={styles.event}>
      <PanelHead title={`${nameOfDeed(event)} ${nameOfTarget(event)}`} />
      <EventResult event={event} />
      {isError && (
        <Notice kind="problem">
          The names of who did it were not loaded. <Button onPress={() => void refetch()}>Try again</Button>
        </Notice>
      )}
      {event.detail !== undefined && <p className={styles.detail}>{event.detail}</p>}
      <Section title="Who and when">
        <Facts facts={aboutActor(event)} />
      </Section>
      <Section title="Target">
        <Facts facts={aboutTarget(event)} />
      </Section>
      {event.request && (
        <Section title="Asked">
          <Facts facts={aboutRequest(event)} />
          <Texts texts={event.asked} />
        </Section>
      )}
      {event.understood && (
        <Section title="Understood">
          <p className={styles.quiet}>Where Muster did not take the request as it was sent:</p>
          <Texts texts={event.understood} />
        </Section>
      )}
      {event.status !== undefined && (
        <Section title="Answered">
          <Facts facts={aboutAnswer(event)} />
        </Section>
      )}
    </div>
  );
}

const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section>
    <h3>{title}</h3>
    {children}
  </section>
);

const aboutActor = (event: NamedEvent): readonly Fact[] => [
  [event.count !== undefined && event.count > 1 ? "First" : "When", exact.format(new Date(event.timestamp))],
  ["Last", event.count !== undefined && event.count > 1 && <Time value={event.lastTimestamp} />],
  ["How often", event.count !== undefined && event.count > 1 && event.count.toLocaleString()],
  ["Actor", <Actor key="actor" event={event} />],
  [
    "Access token",
    event.token && event.user && (
      <ResourceLink type="AccessToken" id={event.token.value}>
        {event.tokenName ?? "A token that is gone"}
      </ResourceLink>
    ),
  ],
  ["From", event.address],
];

function aboutTarget(event: NamedEvent): readonly Fact[] {
  const { target, organization } = event;
  return [
    ["Type", nameOfKind(event)],
    [
      "Name",
      target.display !== undefined && (
        <ResourceLink type={typeOfTarget(event)} id={target.value}>
          {target.display}
        </ResourceLink>
      ),
    ],
    ["Id", target.value],
    [
      "Organization",
      organization && event.organizationName !== undefined && organization.value !== target.value && (
        <ResourceLink type="Organization" id={organization.value}>
          {event.organizationName}
        </ResourceLink>
      ),
    ],
    [
      "More",
      target.value !== undefined && (
        <Link to={{ pathname: "..", search: `?target=${target.value}` }}>All its activity</Link>
      ),
    ],
  ];
}

const aboutRequest = ({ request, requestId }: NamedEvent): readonly Fact[] => [
  [
    "Request",
    request && (
      <code>
        {request.method} {request.path}
      </code>
    ),
  ],
  ["Request id", requestId !== undefined && <code>{requestId}</code>],
];

const aboutAnswer = ({ status, scimType, duration, changes, ignored }: NamedEvent): readonly Fact[] => [
  ["Status", status?.toString()],
  ["SCIM type", scimType],
  ["Took", duration !== undefined && `${duration.toLocaleString()} ms`],
  ["Changed", changes?.join(", ")],
  ["Left as it was", ignored?.join(", ")],
];

/** Who did it, and a way to all that they did. */
function Actor({ event }: { readonly event: NamedEvent }) {
  const { realm } = useRealm();
  const { user, token } = event;
  const name = nameOfActor(event, realm);
  const actor = user ? `user.${user.value}` : token ? `token.${token.value}` : undefined;
  return (
    <>
      {user ? (
        <ResourceLink type="User" id={event.userName === undefined ? undefined : user.value}>
          {name}
        </ResourceLink>
      ) : (
        <ResourceLink type="AccessToken" id={event.tokenName === undefined ? undefined : token?.value}>
          {name}
        </ResourceLink>
      )}
      {actor !== undefined && (
        <>
          {" · "}
          <Link to={{ pathname: "..", search: `?actor=${actor}` }}>All that they did</Link>
        </>
      )}
    </>
  );
}

const Texts = ({ texts = [] }: { readonly texts?: readonly string[] }) =>
  texts.length > 0 && (
    <ul className={styles.texts}>
      {texts.map((text) => (
        <li key={text}>
          <code>{text}</code>
        </li>
      ))}
    </ul>
  );
