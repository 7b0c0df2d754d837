import { Link, useLocation } from "react-router";
import { page } from "../page.ts";
import type { Column } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import type { AccessToken } from "./access-token.ts";
import { TokenStatus } from "./token-status.tsx";
import styles from "./tokens.module.css";

/** Where a token acts. */
export const placeOf = ({ realm, organization }: AccessToken) =>
  realm === "provider" ? page.productName : (organization?.display ?? "");

/** Whose it is. */
export const ownerOf = ({ user }: AccessToken) => (user ? (user.display ?? "A person") : "Machine");

/** What it may do. */
export const rightsOf = ({ readOnly, checksPasswords }: AccessToken) =>
  [readOnly === true ? "Read only" : "Read and write", checksPasswords === true && "checks passwords"]
    .filter(Boolean)
    .join(", ");

/** A token, as a link to what can be done with it. */
function Name({ token }: { readonly token: AccessToken }) {
  const { search } = useLocation();
  return (
    <span className={styles.name}>
      <Link to={{ pathname: token.id, search }}>
        <bdi>{token.name}</bdi>
      </Link>
      <small>
        <bdi>{ownerOf(token)}</bdi> · {rightsOf(token)}
      </small>
    </span>
  );
}

export const TOKEN_COLUMNS: readonly Column<AccessToken>[] = [
  {
    id: "name",
    header: "Name",
    enableSorting: true,
    meta: { isEssential: true },
    cell: ({ row }) => <Name token={row.original} />,
  },
  {
    id: "owner",
    header: "Owner",
    cell: ({ row }) => <bdi title={ownerOf(row.original)}>{ownerOf(row.original)}</bdi>,
  },
  {
    id: "realm",
    header: "Acts in",
    cell: ({ row }) => <bdi title={placeOf(row.original)}>{placeOf(row.original)}</bdi>,
  },
  { id: "rights", header: "Rights", meta: { width: 136 }, cell: ({ row }) => rightsOf(row.original) },
  {
    id: "lastUsedAt",
    header: "Last used",
    enableSorting: true,
    meta: { width: 128 },
    cell: ({ row }) => <Time value={row.original.lastUsedAt} />,
  },
  {
    id: "expiresAt",
    header: "Expires",
    enableSorting: true,
    meta: { width: 128 },
    cell: ({ row }) => <Time value={row.original.expiresAt} />,
  },
  {
    id: "status",
    header: "Status",
    meta: { width: 120, isEssential: true },
    cell: ({ row }) => <TokenStatus token={row.original} />,
  },
];
