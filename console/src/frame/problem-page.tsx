import { useRouteError } from "react-router";
import { Failure, Message } from "../ui/message.tsx";

/** Stands in the place of everything when a page cannot be shown. */
export const ProblemPage = () => (
  <main>
    <Failure
      title="The console could not be opened"
      error={useRouteError()}
      onRetry={() => location.reload()}
    />
  </main>
);

export const NothingHere = () => (
  <Message isPage title="There is nothing here">
    <p>The address may be wrong, or what was here is gone.</p>
  </Message>
);
