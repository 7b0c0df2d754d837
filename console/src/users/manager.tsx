import { queryOptions, useQuery } from "@tanstack/react-query";
import { useController } from "react-hook-form";
import { useRealm } from "../frame/realm.ts";
import { ResourceLink } from "../frame/resource-link.tsx";
import { Picker } from "../lists/picker.tsx";
import { isId } from "../scim/path.ts";
import type { User } from "../scim/resources.ts";
import { scimIn } from "../server.ts";
import { Chosen } from "./chosen.tsx";
import type { ProfileValues } from "./profile-values.ts";
import { nameOf } from "./user-names.ts";

/** Identity providers may send what is no id. */
const managerQuery = (realm: string, id: string) =>
  queryOptions({
    queryKey: [realm, "Users", "name", id],
    queryFn: async ({ signal }) => {
      const query = { attributes: "userName,displayName,name" };
      return nameOf(await scimIn(realm).get<User>(`Users/${id}`, query, signal));
    },
    enabled: isId(id),
  });

/** What the manager is called; the value itself of one who is not in the realm. */
function useManagerName(id: string): { readonly name: string; readonly isKnown: boolean } {
  const { id: realm } = useRealm();
  const { data } = useQuery(managerQuery(realm, id));
  return { name: data ?? id, isKnown: data !== undefined };
}

export function Manager({ id, display }: { readonly id: string; readonly display: string | undefined }) {
  const { name, isKnown } = useManagerName(id);
  return isKnown ? (
    <ResourceLink type="User" id={id}>
      {name}
    </ResourceLink>
  ) : (
    <bdi>{display ?? name}</bdi>
  );
}

/** The manager in a form: one of the people. */
export function ManagerField() {
  const { field } = useController<ProfileValues, "manager">({ name: "manager" });
  const { name } = useManagerName(field.value);
  return (
    <Chosen
      label="Manager"
      picked={field.value === "" ? undefined : { id: field.value, name }}
      action="Remove"
      onChange={() => field.onChange("")}
    >
      <Picker
        label="Manager"
        hint="Leave it empty for none."
        path="Users"
        onPick={({ id }) => field.onChange(id)}
      />
    </Chosen>
  );
}
