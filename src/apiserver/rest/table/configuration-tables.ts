/**
 * What configures a namespace and who may do what there, in tables.
 *
 * Models printNamespace, printConfigMap, printSecret, printServiceAccount, printLease, printRoleBinding and their kin in
 * pkg/printers/internalversion/printers.go.
 */
import type { ConfigMap, Namespace, Secret, ServiceAccount } from '../../../model/configuration.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { Lease } from '../../../model/node.ts';
import { age, columns, NAME, type TablePrinter } from './columns.ts';

interface RoleBinding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}
interface RuntimeClass extends KubeObject {
  readonly handler: string;
}

const NAMESPACE: TablePrinter<Namespace> = {
  columns: [NAME, ...columns('Status', 'Age')],
  cells: (object, nowUs) => [object.metadata.name, object.status?.phase ?? '', age(object, nowUs)],
};

const CONFIG_MAP: TablePrinter<ConfigMap> = {
  columns: [NAME, ...columns('Data', 'Age')],
  cells: (object, nowUs) => [
    object.metadata.name,
    Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length,
    age(object, nowUs),
  ],
};

const SECRET: TablePrinter<Secret> = {
  columns: [NAME, ...columns('Type', 'Data', 'Age')],
  cells: (object, nowUs) => [object.metadata.name, object.type ?? '', Object.keys(object.data ?? {}).length, age(object, nowUs)],
};

const SERVICE_ACCOUNT: TablePrinter<ServiceAccount> = {
  columns: [NAME, ...columns('Age')],
  cells: (object, nowUs) => [object.metadata.name, age(object, nowUs)],
};

const LEASE: TablePrinter<Lease> = {
  columns: [NAME, ...columns('Holder', 'Age')],
  cells: (object, nowUs) => [object.metadata.name, object.spec?.holderIdentity ?? '', age(object, nowUs)],
};

const RUNTIME_CLASS: TablePrinter<RuntimeClass> = {
  columns: [NAME, ...columns('Handler', 'Age')],
  cells: (object, nowUs) => [object.metadata.name, object.handler, age(object, nowUs)],
};

/** Kinds the server has no printer for: it names the object and when it was made. */
const ROLE: TablePrinter<KubeObject> = {
  columns: [NAME, ...columns('Created At:date')],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ''],
};

const ROLE_BINDING: TablePrinter<RoleBinding> = {
  columns: [NAME, ...columns('Role', 'Age', '*Users', '*Groups', '*ServiceAccounts')],
  cells: (object, nowUs) => {
    const named = (kind: string) => (object.subjects ?? []).filter((subject) => subject.kind === kind);
    return [
      object.metadata.name,
      `${object.roleRef.kind}/${object.roleRef.name}`,
      age(object, nowUs),
      named('User')
        .map(({ name }) => name)
        .join(', '),
      named('Group')
        .map(({ name }) => name)
        .join(', '),
      named('ServiceAccount')
        .map(({ namespace = '', name }) => `${namespace}/${name}`)
        .join(', '),
    ];
  },
};

export const CONFIGURATION_TABLES = {
  Namespace: NAMESPACE,
  ConfigMap: CONFIG_MAP,
  Secret: SECRET,
  ServiceAccount: SERVICE_ACCOUNT,
  Lease: LEASE,
  RuntimeClass: RUNTIME_CLASS,
  Role: ROLE,
  ClusterRole: ROLE,
  LimitRange: ROLE,
  RoleBinding: ROLE_BINDING,
  ClusterRoleBinding: ROLE_BINDING,
};
