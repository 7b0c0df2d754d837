import { ResourceLink } from "../frame/resource-link.tsx";
import { Time } from "../ui/time.tsx";
import type { AccessToken } from "./access-token.ts";
import { TokenStatus } from "./token-status.tsx";

/** A token in a list of them, with a way to what can be done with it. */
export const TokenRow = ({ token }: { readonly token: AccessToken }) => (
  <li>
    <span>
      <ResourceLink type="AccessToken" id={token.id}>
        {token.name}
      </ResourceLink>{" "}
      <small>
        last used <Time value={token.lastUsedAt} />
      </small>
    </span>
    <TokenStatus token={token} />
  </li>
);
