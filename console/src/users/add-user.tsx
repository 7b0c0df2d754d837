import { useState } from "react";
import { useForm } from "react-hook-form";
import { isProvider, useRealm } from "../frame/realm.ts";
import { nameOfRealm } from "../frame/realm-name.ts";
import { realmOf, useSession } from "../frame/use-session.ts";
import type { Named } from "../lists/named-query.ts";
import { Picker } from "../lists/picker.tsx";
import { refusalOf } from "../scim/client.ts";
import { all, compare, search } from "../scim/filter.ts";
import { patchIn } from "../scim/patch.ts";
import { queries, scimIn } from "../server.ts";
import { RouteDialog, useLeadTo } from "../ui/form-dialog.tsx";
import { Form, FormBoxes } from "../ui/form.tsx";
import { Chosen } from "./chosen.tsx";
import { givenRoles, grantableRoles } from "./roles.ts";

interface AddedRoles {
  readonly roles: readonly string[];
}

/** A part of an organization's search: an account is found by a part of its names, or by a whole address. */
const candidate = (text: string) =>
  [
    compare("userName", "co", text),
    compare("displayName", "co", text),
    compare("emails.value", "eq", text),
  ].join(" or ");

/** Adds a person who has an account to an organization. Each part opens as the one before it is filled. */
export function AddUser() {
  const { id: realmId, realm } = useRealm();
  const here = realmOf(useSession(), realmId);
  const leadTo = useLeadTo();
  const values = useForm<AddedRoles>({ defaultValues: { roles: [] } });
  const [chosen, setChosen] = useState<Named>();
  const [person, setPerson] = useState<Named>();
  const own = isProvider(realm) ? undefined : { id: realmId, name: here ? nameOfRealm(here) : "" };
  const organization = own ?? chosen;

  const add = async ({ roles }: AddedRoles) => {
    if (!organization || !person) return;
    const members = [{ value: person.id }];
    const results = await scimIn(realmId).bulk([
      patchIn(`/Groups/${organization.id}`, { op: "add", path: "members", value: members }),
      ...(roles.length > 0
        ? [patchIn(`/Users/${person.id}`, givenRoles(roles, own ? undefined : organization.id))]
        : []),
    ]);
    void queries.invalidateQueries({ queryKey: [realmId] });
    const failed = results.find(({ status }) => Number(status) >= 400);
    if (failed) throw refusalOf(failed);
    leadTo(`../${person.id}`, true);
  };

  return (
    <RouteDialog title="Add a user" isDirty={person !== undefined}>
      {(close) => (
        <Form
          form={values}
          action={person ? `Add ${person.name}` : "Add the user"}
          onSubmit={add}
          onCancel={close}
        >
          {!own && (
            <Chosen
              label="Organization"
              picked={chosen}
              onChange={() => {
                setChosen(undefined);
                setPerson(undefined);
              }}
            >
              <Picker label="Organization" path="Groups" autoFocus onPick={setChosen} />
            </Chosen>
          )}
          {organization && (
            <Chosen label="Person" picked={person} onChange={() => setPerson(undefined)}>
              {own ? (
                <Picker
                  label="Person"
                  hint="At least three characters of the name or the user name, or a whole e-mail address."
                  path="Candidates"
                  leastTyped={3}
                  filterOf={candidate}
                  autoFocus
                  onPick={setPerson}
                />
              ) : (
                <Picker
                  label="Person"
                  hint="Members of the organization are not offered."
                  path="Users"
                  filterOf={(text) =>
                    all(
                      search(text, ["userName", "displayName", "emails.value"]),
                      `not (${compare("groups.value", "eq", organization.id)})`,
                    )
                  }
                  autoFocus
                  onPick={setPerson}
                />
              )}
            </Chosen>
          )}
          {person && organization && (
            <FormBoxes<AddedRoles>
              name="roles"
              label={`Roles in ${organization.name}`}
              hint="Without one, the person is a plain member."
              options={grantableRoles(realm, "organization")}
            />
          )}
        </Form>
      )}
    </RouteDialog>
  );
}
