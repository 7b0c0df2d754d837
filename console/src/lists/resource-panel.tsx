import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { isNotFound } from "../scim/client.ts";
import type { Resource } from "../scim/resources.ts";
import { scimIn } from "../server.ts";
import { Failure, Message } from "../ui/message.tsx";
import { useTitle } from "../ui/title.ts";
import { Panel } from "./panel.tsx";
import styles from "./panel.module.css";

const TITLE = "panel-title";

/** One resource, with what a panel shows of it. @param path of the type, such as `Users` */
export const oneQuery = <T extends Resource>(realm: string, path: string, id: string, attributes?: string) =>
  queryOptions({
    queryKey: [realm, path, "one", id, attributes],
    queryFn: ({ signal }) => scimIn(realm).get<T>(`${path}/${id}`, { attributes }, signal),
  });

interface ResourcePanelProps<T extends Resource> {
  /** What it is: 'invitation'. */
  readonly noun: string;
  readonly query: ReturnType<typeof oneQuery<T>>;
  readonly children: (resource: T) => ReactNode;
}

/** The panel of one resource, which has a `PanelHead`; says so when there is none, or when it was not loaded. */
export function ResourcePanel<T extends Resource>({ noun, query, children }: ResourcePanelProps<T>) {
  const { data, error, refetch } = useQuery(query);
  return (
    <Panel labelledBy={TITLE}>
      <div className={styles.content}>
        {isNotFound(error) ? (
          <Message title={`There is no such ${noun} here`}>
            <p id={TITLE}>The {noun} was removed, or is in another realm.</p>
          </Message>
        ) : data ? (
          children(data)
        ) : (
          error && (
            <Failure title={`The ${noun} was not loaded`} error={error} onRetry={() => void refetch()} />
          )
        )}
      </div>
    </Panel>
  );
}

interface PanelHeadProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  /** Before the title. */
  readonly icon?: ReactNode;
}

export function PanelHead({ title, subtitle, icon }: PanelHeadProps) {
  useTitle("detail", title);
  return (
    <header className={styles.head}>
      {icon}
      <div>
        <h2 id={TITLE}>
          <bdi>{title}</bdi>
        </h2>
        {subtitle !== undefined && <p>{subtitle}</p>}
      </div>
    </header>
  );
}
