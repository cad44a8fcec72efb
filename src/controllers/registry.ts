/**
 * The controllers kube-controller-manager starts, in the order it starts them, each under its name.
 *
 * Models cmd/kube-controller-manager/app/controllermanager.go (NewControllerDescriptors) and names/controller_names.go.
 */
import type { Controller, ControllerContext } from './context.ts';

export type ControllerConstructor = (context: ControllerContext) => Controller;

export const CONTROLLERS: ReadonlyMap<string, ControllerConstructor> = new Map<string, ControllerConstructor>([]);
