import type { Membership } from "../scim/resources.ts";
import { Time } from "../ui/time.tsx";
import { nameOfSource } from "./user-names.ts";

/** How a person became a member. */
export const Joined = ({
  membership: { joinedAt, source, addedByDisplay },
}: {
  readonly membership: Membership;
}) => (
  <small>
    {nameOfSource(source)}
    {addedByDisplay !== undefined && (
      <>
        {" "}
        <bdi>{addedByDisplay}</bdi>
      </>
    )}
    , <Time value={joinedAt} />
  </small>
);
