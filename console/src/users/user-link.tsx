import { Link } from "react-router";
import { useRealm } from "../frame/realm.ts";

interface UserLinkProps {
  readonly id: string;
  readonly name: string;
}

/** A person who is named elsewhere, as a link to all that is known of them. */
export function UserLink({ id, name }: UserLinkProps) {
  const { id: realm } = useRealm();
  return (
    <Link to={`/${realm}/users/${id}`}>
      <bdi>{name}</bdi>
    </Link>
  );
}
