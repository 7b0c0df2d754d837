import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactNode } from "react";
import { useForm } from "react-hook-form";
import type { DefaultValues, FieldValues, Path, PathValue } from "react-hook-form";
import { useRealm } from "../frame/realm.ts";
import { ScimError } from "../scim/errors.ts";
import type { PatchOperation } from "../scim/patch.ts";
import type { Resource } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import type { AttributesOfFields } from "../ui/form-errors.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { trimmed } from "../ui/trimmed.ts";
import { changedFields, mergedValues } from "./edit-values.ts";
import { OtherChanges } from "./other-changes.tsx";
import type { Meanwhile } from "./other-changes.tsx";
import type { oneQuery } from "./resource-panel.tsx";

interface EditDialogProps<R extends Resource, V extends FieldValues> {
  /** What it is: 'team'. */
  readonly noun: string;
  /** The endpoint of its type, such as `Teams`. */
  readonly path: string;
  readonly query: ReturnType<typeof oneQuery<R>>;
  /** What the fields show of it. */
  readonly valuesOf: (resource: R) => V;
  /** What writes a field that was changed. */
  readonly operationOf: (name: keyof V & string, entered: V) => PatchOperation;
  /** What each field is called. */
  readonly labels: Readonly<Record<keyof V & string, string>>;
  readonly attributes?: AttributesOfFields;
  readonly onSaved?: () => void;
  readonly children: (resource: R) => ReactNode;
}

/** Changes a resource, in a dialog with an address. Only the fields that the person changed are written. */
export function EditDialog<R extends Resource, V extends FieldValues>(props: EditDialogProps<R, V>) {
  const { data } = useQuery(props.query);
  return data ? <EditForm key={data.id} {...props} resource={data} /> : null;
}

function EditForm<R extends Resource, V extends FieldValues>(
  props: EditDialogProps<R, V> & { readonly resource: R },
) {
  const { noun, path, query, valuesOf, operationOf, labels, attributes, resource, children } = props;
  const { id: realmId } = useRealm();
  // The page below loads it anew now and then. What was entered belongs to what the form began with, and so does the version.
  const [base, setBase] = useState(resource);
  const [meanwhile, setMeanwhile] = useState<Meanwhile<V>>();
  const form = useForm<V>({ defaultValues: valuesOf(resource) as DefaultValues<V> });

  /** The fields show these from now on, of which those that differ from what is saved are the person's. */
  const fill = (saved: V, values: V) => {
    form.reset(saved, { keepValues: true });
    for (const [name, value] of Object.entries(values) as [Path<V>, PathValue<V, Path<V>>][])
      form.setValue(name, value, { shouldDirty: true });
  };

  /** @throws ScimError, ConnectionError; Error when others changed what the form shows */
  const patch = async (from: R, entered: V): Promise<void> => {
    const before = trimmed(valuesOf(from));
    const operations = changedFields(before, entered).map((name) => operationOf(name, entered));
    if (operations.length === 0) return;
    try {
      await scimIn(realmId).patch(`${path}/${from.id}`, operations, from.meta.version);
    } catch (error) {
      if (!(error instanceof ScimError) || error.status !== 412) throw error;
      const latest = await queries.query({ ...query, staleTime: 0 });
      setBase(latest);
      const saved = valuesOf(latest);
      const names = changedFields(before, trimmed(saved));
      if (names.length === 0) {
        if (latest.meta.version === from.meta.version) throw error;
        // What changed is not in the form, such as the members of a team.
        return patch(latest, entered);
      }
      fill(saved, mergedValues(before, entered, saved));
      setMeanwhile({ names, before, saved, entered });
      throw new Error(`Another administrator changed the ${noun} meanwhile, so nothing was saved.`, {
        cause: error,
      });
    }
  };
  const save = async (entered: V) => {
    setMeanwhile(undefined);
    await patch(base, trimmed(entered));
    void queries.invalidateQueries({ queryKey: [realmId] });
    props.onSaved?.();
    return "..";
  };
  const takeSaved = () => {
    fill(valuesOf(base), valuesOf(base));
    form.clearErrors();
    setMeanwhile(undefined);
  };

  return (
    <FormDialog title={`Edit the ${noun}`} form={form} action="Save" attributes={attributes} onSubmit={save}>
      {meanwhile && <OtherChanges {...meanwhile} labels={labels} onTakeSaved={takeSaved} />}
      {children(base)}
    </FormDialog>
  );
}
