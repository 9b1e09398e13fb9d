// Everything a program needs with one import.
@_exported import DataLoading
@_exported import Datasets
@_exported import FileAccess
@_exported import ImageCodecs
@_exported import LongtailMethods
@_exported import ModelEvaluation
@_exported import ModelTraining
@_exported import NeuralNetworks
@_exported import Objectives
@_exported import RunRecords
@_exported import RunReports
@_exported import Runs
@_exported import Serialization
@_exported import Torch
@_exported import Transforms
@_exported import VisionModels
